import type { DocumentEvent } from '../../store/index.ts'
import type { Rooms } from '../rooms.ts'
import { watchStore } from './watch-store.ts'

/**
 * What happens to networks, storage pools or secrets, from now on: told by the store, which all
 * processes write. The watch ends with the signal, and with the connection.
 */
export async function* documentEvents(
  { store, layout, closed }: Rooms,
  kind: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<DocumentEvent, void, undefined> {
  const over = AbortSignal.any([closed, ...(signal === undefined ? [] : [signal])])
  let wake: () => void = () => undefined
  let turned = false
  const turn = (): void => {
    turned = true
    wake()
  }
  const watcher = watchStore(layout.libDir, turn)
  over.addEventListener('abort', turn, { once: true })
  try {
    if (over.aborted) return
    let last = store.lastDocumentEvent()
    while (!over.aborted) {
      if (!turned) await new Promise<void>((resolve) => (wake = resolve))
      turned = false
      if (over.aborted) return
      for (const event of store.documentEventsAfter(kind, last)) {
        last = event.number
        yield event
      }
    }
  } catch (error) {
    // Whoever closes the connection in the middle of a look ends the watch, as the signal does.
    if (!closed.aborted) throw error
  } finally {
    over.removeEventListener('abort', turn)
    watcher.close()
  }
}
