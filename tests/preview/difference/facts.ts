import { type Difference, isRefused, type Named } from "../../../preview/difference/difference";
import { causeText, fieldWords, rolloutText } from "../../../preview/show/format";

/**
 * A difference in one line for each fact, which a table of expectations can hold: `+` added, `-` removed, `~` changed in
 * place with the fields, `!` replaced with the causes, and what happens to pods. Refusals are in capitals. Components are
 * left out.
 */
export function factsOf({ added, removed, changed }: Difference): string[] {
  const own = ({ component }: Named) => !component;
  return [
    ...added.filter(own).map((entry) => `+ ${name(entry)}`),
    ...removed.filter(own).map((entry) => `- ${name(entry)}${isRefused(entry) ? " REFUSED" : ""}`),
    ...changed.flatMap((entry) => {
      const refused = isRefused(entry) ? " REFUSED" : "";
      const moved = entry.movedFrom === undefined ? "" : " moved";
      const what =
        entry.replacement === undefined
          ? `~ ${name(entry)}${moved}: ${fieldWords(entry)
              .map(({ field }) => field)
              .concat(entry.effects.length > 0 ? ["with effect"] : [])
              .join(", ")}`
          : `! ${name(entry)}${moved}: ${causeText(entry.replacement.causes)}`;
      return [what + refused, ...entry.rollouts.map((rollout) => `  pods: ${rolloutText(rollout)}`)];
    }),
  ];
}

function name({ type, name: own }: Named): string {
  return `${type.split(":").at(-1) ?? ""} ${own}`;
}
