/** The cluster suite on five hosts in network namespaces. */
import { clusterSuite } from "./cluster_suite.ts";
import { onLab } from "./fixtures/hosts_lab.ts";
import { needsLab } from "./fixtures/lab.ts";

clusterSuite(onLab, needsLab);
