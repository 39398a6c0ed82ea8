/** The cluster suite on five hosts in network namespaces. */
import { clusterSuite } from "./suite.ts";
import { onLab } from "./hosts_lab.ts";
import { needsLab } from "../fixtures/lab.ts";

clusterSuite(onLab, needsLab);
