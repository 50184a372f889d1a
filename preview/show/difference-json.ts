import { counts, type Change, type Difference, type Named, type Versions } from "../difference/difference";
import type { Deletion } from "../difference/deletion";
import { pathText } from "../difference/path";
import { rolloutText } from "./format";
import type { FieldChange } from "../difference/fields";

/**
 * The difference for scripts, under the key `difference` of the preview's JSON. Keys may be added; `version` changes when
 * one is removed or means something else.
 *
 * - `version`: 1; `ref`, `commit`: what the current version is compared with
 * - `totals`: `added`, `removed`, `changed`, `replaced`, `refused`, `restarts`
 * - `added[]`: `urn`, `type`, `name`, `component`, `protect`
 * - `removed[]`: the same and `lost`, `kept`, `refused[]`
 * - `changed[]`: the same as added, and `movedFrom` (URN or null), `fields[]` of `path`, `before`, `after` (null: none),
 *   `options[]` of `option`, `before`, `after`, `renewals[]` of `property`, `from[]`, `replacement` (null or `causes[]`
 *   of `field`, `from`; `lost`, `kept`, `refused[]`), `refused[]`, `effects[]`, `rollouts[]` of `kind`, `pods[]`, `text`
 * - `outputs[]`, `settings[]`: `path`, `before`, `after`; `notes[]`
 */
export function differenceJson(result: Difference, { ref, commit }: Versions) {
  return {
    version: 1,
    ref,
    commit,
    totals: counts(result),
    added: result.added.map(named),
    removed: result.removed.map((entry) => ({ ...named(entry), ...deletion(entry) })),
    changed: result.changed.map(change),
    outputs: result.outputs.map(field),
    settings: result.settings.map(field),
    notes: result.notes,
  };
}

function named({ urn, type, name, component, protect }: Named) {
  return { urn, type, name, component, protect };
}

function deletion({ destroyed, retained, refused }: Deletion) {
  return { lost: destroyed, kept: retained, refused };
}

function change(entry: Change) {
  const { movedFrom, fields, options, unknownValues, replacement, refused, effects, rollouts } = entry;
  return {
    ...named(entry),
    movedFrom: movedFrom ?? null,
    fields: fields.map(field),
    options,
    renewals: unknownValues,
    replacement: replacement === undefined ? null : { causes: replacement.causes, ...deletion(replacement) },
    refused,
    effects,
    rollouts: rollouts.map((rollout) => ({ kind: rollout.kind, pods: rollout.pods, text: rolloutText(rollout) })),
  };
}

function field({ path, before, after }: FieldChange) {
  return { path: pathText(path), before: before ?? null, after: after ?? null };
}
