/** Text as it stands, where Markdown would take signs of it for its own. */
export const escapedMarkdown = (text: string): string => text.replaceAll(/[[\]_*<>|\\]/g, (sign) => `\\${sign}`);
