const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&apos;',
  '"': '&quot;',
}

/** Text as it stands in a document, also between quotes. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[<>&'"]/g, (found) => entities[found] ?? found)
}
