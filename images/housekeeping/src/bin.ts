import { logger } from "./log";
import { runOrExit } from "./main";
import { programNamed } from "./programs";

void runOrExit(process, logger(), (from, log) => programNamed(process.argv[2])(from, log));
