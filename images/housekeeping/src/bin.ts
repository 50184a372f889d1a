import { logger } from "./log";
import { main } from "./main";
import { startService } from "./service";

void main(process, logger(), startService);
