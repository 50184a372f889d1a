import { join } from "node:path";
import type { Project } from "../run/project";
import type { Run } from "../run/run";
import type { Base } from "./base";
import { contexts, rebuiltImages } from "./contexts";
import { difference, isEmpty, type Difference, type Versions } from "../difference/difference";
import type { AdaptRules } from "../difference/rules/rule";
import { ciphertexts, encryptedChanges, googleDefaults, settingsChanges } from "./configuration";

/** What differs, and between what. */
export interface Comparison {
  readonly versions: Versions;
  readonly difference: Difference;
}

const COMMIT_LENGTH = 9;

/**
 * Compares the current version with the base.
 *
 * @param ref what the base was asked for as
 * @throws {VersionError} when the base's program fails
 */
export async function against(
  base: Base,
  ref: string,
  current: {
    readonly project: Project;
    readonly run: Run;
    readonly directory: string;
    readonly adaptRules?: AdaptRules | undefined;
  },
): Promise<Comparison> {
  const { project, run, directory, adaptRules } = current;
  const versions = { stack: project.stack, ref, commit: base.commit.slice(0, COMMIT_LENGTH) };
  const { run: old, config, ciphertexts: oldSecrets, contexts: oldContexts } = await base.result();
  if (old === undefined) {
    const notes = [`${ref} has no stack ${project.stack}: everything in it is new`];
    return { versions, difference: difference({ registrations: [], outputs: {} }, run, { notes }) };
  }
  const settings = settingsChanges(config, project.config);
  const secrets = encryptedChanges(oldSecrets, ciphertexts(join(directory, project.file)));
  const rebuilt = rebuiltImages(oldContexts, await contexts(directory, run.registrations));
  const notes = secrets.map(
    (key) => `${key} is encrypted as another text than before: another value, or the same one encrypted again`,
  );
  const bare = difference(old, run, { rebuilt, adaptRules, defaults: googleDefaults(config, project.config) });
  const hidden = isEmpty(bare) && settings.length > 0;
  return {
    versions,
    difference: {
      ...bare,
      settings,
      notes: [...bare.notes, ...notes, ...(hidden ? [HIDDEN_CHANGE] : [])],
    },
  };
}

/** A default that is written down changes nothing; a Secret that is made of generated keys is unknown as a whole. */
const HIDDEN_CHANGE =
  "settings differ and no resource shows it: they say what was so by default, or change only values that are known after up";
