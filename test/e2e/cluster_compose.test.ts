/** The cluster suite on the five services of docker-compose.yml. */
import { clusterSuite } from "./cluster_suite.ts";
import { needsEngine, onCompose } from "./fixtures/compose.ts";

clusterSuite(onCompose, needsEngine);
