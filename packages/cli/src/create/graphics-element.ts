import { elementText } from '../xml/element-text.ts'
import { refused, splitSpec } from './split-spec.ts'

/**
 * `vnc`, `spice`, `vnc,listen=127.0.0.1,port=5901,password=…`; nothing for `none`. On loopback where
 * no address is named.
 */
export function graphicsElement(text: string): string | undefined {
  const { first, values } = splitSpec('graphics', text, ['listen', 'port', 'password'])
  const one = (key: string): string | undefined => values.get(key)?.at(-1)
  if (first === 'none') {
    if (values.size > 0) throw refused('graphics', 'none has nothing to choose')
    return undefined
  }
  if (first !== 'vnc' && first !== 'spice') {
    throw refused('graphics', `'${first ?? text}' is not offered; offered: vnc, spice, none`)
  }
  const port = one('port')
  return elementText('graphics', {
    type: first,
    ...(port === undefined ? { autoport: 'yes' } : { port }),
    listen: one('listen') ?? '127.0.0.1',
    passwd: one('password'),
  })
}
