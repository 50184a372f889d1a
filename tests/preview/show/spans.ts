/**
 * What is left of a line of Markdown when its code spans are taken out, as CommonMark finds them: a run of backticks ends
 * at the next run of the same length. Whatever is left is read as markup.
 */
export function outsideCode(line: string): string {
  const runs = Array.from(line.matchAll(/`+/g), (match) => ({ start: match.index, length: match[0].length }));
  let left = "";
  let position = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const open = runs[index];
    if (open === undefined) break;
    const close = runs.findIndex((run, later) => later > index && run.length === open.length);
    if (close < 0) continue;
    left += line.slice(position, open.start);
    position = (runs[close]?.start ?? 0) + open.length;
    index = close;
  }
  return left + line.slice(position);
}
