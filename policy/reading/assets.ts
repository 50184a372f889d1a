import { isPromise } from "node:util/types";

/** Text of assets, by the asset. */
export type AssetTexts = ReadonlyMap<object, string>;

/** How Pulumi marks an asset on the wire; a host that hands out raw properties leaves it so. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** The text of a text asset, or the asset while its text is not given; undefined for any other object. */
export function textOf(value: object, given: AssetTexts): string | object | undefined {
  const text: unknown = Object.getOwnPropertyDescriptor(value, "text")?.value;
  if (isPromise(text)) return given.get(value) ?? value;
  return typeof text === "string" && SIGNATURE in value ? text : undefined;
}

/** Waits for the texts of assets. */
export async function textsOf(assets: readonly object[]): Promise<AssetTexts> {
  const texts = await Promise.all(
    assets.map(async (asset) => {
      const text: unknown = await (asset as { readonly text: Promise<unknown> }).text.catch(() => "");
      return [asset, typeof text === "string" ? text : ""] as const;
    }),
  );
  return new Map(texts);
}
