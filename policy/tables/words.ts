/** Names with blanks or line breaks between them. */
export const words = (names: string): readonly string[] => names.split(/\s+/);
