import type { Access } from "./access";
import type { Pool } from "./agents";
import type { Architectures } from "./architectures";
import type { Backup } from "./backup";
import type { Builds } from "./builds";
import type { Create, Existing } from "./cluster";
import type { Images } from "./images";
import type { Roles } from "./roles";
import type { Server } from "./server";
import type { Storage } from "./storage";

/** A stack's settings: plain data, complete, checked. */
export interface Settings {
  /** The stack's name: `dev`. */
  readonly stack: string;
  /** `gocd-<stack>`: what every name outside a namespace begins with. */
  readonly name: string;
  readonly cluster: Create | Existing;
  readonly storage: Storage;
  readonly server: Server;
  /** In the order of their names. */
  readonly agents: readonly Pool[];
  /** Every environment that a pool names, once, in order. */
  readonly environments: readonly string[];
  readonly images: Images & { readonly architectures: Architectures };
  readonly access: Access;
  readonly backup: Backup;
  readonly builds: Builds;
  readonly roles: Roles;
}
