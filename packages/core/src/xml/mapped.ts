import type { ReadScope, XmlField } from './field.ts'

/** Changes a field's value on its way in and out; reading may refuse with `undefined`. */
export function mapped<A, B>(
  field: XmlField<A>,
  into: (value: A, scope: ReadScope) => B | undefined,
  out: (value: B) => A,
): XmlField<B> {
  return {
    knows: field.knows,
    read(scope) {
      const found = field.read(scope)
      return found === undefined ? undefined : into(found, scope)
    },
    write: (v, writer) => field.write(out(v), writer),
  }
}
