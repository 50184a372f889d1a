/** Loads the program as the host does: fresh, and calls what it exports if that is a function. */
export function load(program: string, directory: string, keeps: (file: string) => boolean = () => false): unknown {
  for (const file of Object.keys(require.cache)) {
    // The program's own modules run anew for each stack; packages are shared.
    if (file.startsWith(`${directory}/`) && !file.includes("/node_modules/") && !keeps(file))
      Reflect.deleteProperty(require.cache, file);
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the host requires the program by path, too
  const exported: unknown = require(program);
  return typeof exported === "function" ? (exported as () => unknown)() : exported;
}
