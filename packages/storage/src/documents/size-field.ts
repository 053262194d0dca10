import { bytesField, mapped, quote, report } from '@polyvirt/core/driver'
import type { XmlField } from '@polyvirt/core/driver'

/** 8 PiB: every size up to it is an exact number, and no file system has larger files. */
export const maxSizeBytes: number = Number.MAX_SAFE_INTEGER

/** `<capacity unit='MiB'>5</capacity>`, in bytes. */
export function sizeField(path: string): XmlField<number> {
  return mapped(
    bytesField(path),
    (bytes, scope) => {
      if (bytes <= maxSizeBytes) return bytes
      report(scope, 'ERR_XML_ERROR', `${quote(String(bytes))} bytes are more than 8 PiB`, path)
      return undefined
    },
    (bytes) => bytes,
  )
}
