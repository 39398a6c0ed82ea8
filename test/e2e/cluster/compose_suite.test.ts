/** The cluster suite on the five services of docker-compose.yml. */
import { clusterSuite } from "./suite.ts";
import { needsEngine, onCompose } from "./compose_engine.ts";

clusterSuite(onCompose, needsEngine);
