import type { XmlWriter } from '../xml/writer.ts'

/** One list of words: `<enum name='bus'><value>…`. */
export function enumeration(writer: XmlWriter, name: string, values: readonly string[]): void {
  const element = writer.append(['enum'])
  element.attribute('name', name)
  for (const value of values) element.append(['value']).text(value)
}

/** `<name supported='yes|no'>`. */
export function supported(writer: XmlWriter, name: string, yes: boolean): XmlWriter {
  const element = writer.append([name])
  element.attribute('supported', yes ? 'yes' : 'no')
  return element
}
