import type { Answer, Context } from './command.ts'

/** Events of one kind, as a command waits for them. */
export interface Reception<Event> {
  events(signal: AbortSignal): AsyncIterable<Event>
  /** Prints it where it is wanted; how many events that was. */
  print(event: Event): number
  readonly loop: boolean
  /** For ever where there is none. */
  readonly timeoutSeconds: number | undefined
}

interface Received {
  readonly count: number
  /** Why it ended before the events did. */
  readonly end?: 'timed out' | 'interrupted'
}

/** Prints events as they come: the first, or until the time is over or somebody interrupts. */
export async function receiveEvents<Event>(
  context: Context,
  reception: Reception<Event>,
): Promise<Answer> {
  const { count, end } = await receive(context, reception)
  return {
    text: `${end === undefined ? '' : `event loop ${end}\n`}events received: ${count}\n`,
    failed: count === 0,
  }
}

async function receive<Event>(
  context: Context,
  { events, print, loop, timeoutSeconds }: Reception<Event>,
): Promise<Received> {
  const done = new AbortController()
  // Without an end in time the timer only keeps the process alive: events may come from anywhere.
  const timer =
    timeoutSeconds === undefined
      ? setInterval(() => {}, 0x7fff_ffff)
      : setTimeout(() => done.abort(), timeoutSeconds * 1000)
  const signal = AbortSignal.any([context.signal, done.signal])
  let count = 0
  try {
    for await (const event of events(signal)) {
      const printed = print(event)
      if (printed === 0) continue
      count += printed
      // Whether anybody reads is told once it has been written, and the next event may be days away.
      await context.output.flush()
      if (!loop || context.output.closed) return { count }
    }
  } catch (error) {
    // However the stream takes an abort, we asked for it.
    if (!signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    done.abort()
  }
  return { count, ...(context.signal.aborted ? { end: 'interrupted' } : { end: 'timed out' }) }
}
