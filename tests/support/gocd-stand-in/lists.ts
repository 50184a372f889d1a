// Lists of resources and environments, as they are written, grow and shrink. Read in gocd/gocd at tag 26.1.0:
//   config/config-api/…/util/CommaSeparatedString.java, …/config/ResourceConfig.java

const RESOURCE_NAME = /^[-\w\s|.]*$/;

export const split = (list: string): string[] => [
  ...new Set(
    list
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
  ),
];
export const appended = (list: string[], more: string[]): string[] => split([...list, ...more].join(","));
export const without = (list: string[], less: string[]): string[] => {
  const gone = new Set(split(less.join(",")));
  return list.filter((entry) => !gone.has(entry));
};

/** What is wrong with names of resources, in the server's words. */
export const invalidResources = (names: readonly string[]): readonly string[] =>
  names
    .filter((name) => !RESOURCE_NAME.test(name))
    .map((name) => `Resource name '${name}' is not valid. Valid names much match '^[-\\w\\s|.]*$'`);
