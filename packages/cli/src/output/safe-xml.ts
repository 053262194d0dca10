// XML has no C0 controls besides tab and line ends; carriage return moves a terminal's cursor.
const risky = /[\r\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** The same document for a terminal: risky characters become character references. */
export function safeXml(xml: string): string {
  return xml.replace(risky, (character) => `&#x${character.charCodeAt(0).toString(16)};`)
}
