import { CommandError } from '../command-error.ts'
import type { Context } from '../command.ts'
import { printable } from '../core.ts'
import type { ConsoleStream } from '../core.ts'
import type { Source } from '../terminal.ts'
import { describeEscape, escapeByte } from './escape-character.ts'
import { enterRawMode, leaveRawMode } from './raw-terminal.ts'

export interface ConsoleRequest {
  readonly context: Context
  readonly reference: string
  readonly name: string
  /** Alias of the device; the first console by default. */
  readonly device?: string
  readonly force?: boolean
  /** After this long without a byte from the guest, a hint says what may be the matter. */
  readonly hintAfterMs?: number
}

/** A guest under TCG may take this long to its first line; silence beyond it deserves a word. */
const silenceMs = 10_000

/**
 * Joins the terminal and a guest's console until the escape character is typed or the guest ends
 * it. Bytes pass as they are, both ways: this is the one place that does not escape what a guest
 * writes.
 */
export async function attachConsole(request: ConsoleRequest): Promise<void> {
  const { context } = request
  if (context.terminal.input.isTTY !== true) {
    throw new CommandError('Cannot run interactive console without a controlling TTY', {
      code: 'ERR_OPERATION_INVALID',
    })
  }
  await context.terminal.use(() => converse(request))
}

async function converse(request: ConsoleRequest): Promise<void> {
  const { context, reference, name, device, force } = request
  const { output, settings, signal } = context
  const hypervisor = await context.hypervisor()
  if (!settings.quiet) {
    output.write(`Connected to domain '${printable(name)}'\n`)
    output.write(`Escape character is ${describeEscape(settings.escape)}\n`)
  }
  await using stream = await hypervisor.domainOpenConsole(reference, {
    signal,
    ...(device === undefined ? {} : { device }),
    ...(force === undefined ? {} : { force }),
  })
  const hint = setTimeout(() => hintAtSilence(request, stream), request.hintAfterMs ?? silenceMs)
  hint.unref()
  const { input } = context.terminal
  const left = new AbortController()
  enterRawMode(input)
  try {
    const typing = passInput(input, stream, escapeByte(settings.escape))
    await Promise.race([typing.done, passOutput(stream, { context, hint, left: left.signal })])
    typing.stop()
  } finally {
    left.abort()
    clearTimeout(hint)
    leaveRawMode(input)
    input.pause()
  }
}

interface Screen {
  readonly context: Context
  readonly hint: NodeJS.Timeout
  /** Aborted when nobody looks any more: what comes then is not to stand in what is said behind. */
  readonly left: AbortSignal
}

/** Guest to terminal, as fast as the terminal takes it. */
async function passOutput(stream: ConsoleStream, { context, hint, left }: Screen): Promise<void> {
  for await (const chunk of stream) {
    if (chunk.length > 0) clearTimeout(hint)
    if (left.aborted) return
    await context.output.writeAll(chunk)
    if (context.output.closed) return
  }
}

interface Typing {
  /** Resolves at the escape character or the end of input. */
  readonly done: Promise<void>
  stop(): void
}

/** Terminal to guest; while the guest does not take it, no more is read. */
function passInput(input: Source, stream: ConsoleStream, escape: number): Typing {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onData = (chunk: Buffer | string): void => {
    const bytes = Buffer.from(chunk as Buffer)
    const at = bytes.indexOf(escape)
    const passed = at < 0 ? bytes : bytes.subarray(0, at)
    input.pause()
    const sent = passed.length > 0 ? stream.write(passed) : Promise.resolve()
    sent.then(() => (at < 0 ? void input.resume() : resolve()), reject)
  }
  const onEnd = (): void => resolve()
  input.on('data', onData)
  input.once('end', onEnd)
  input.resume()
  return {
    done: promise,
    stop: () => {
      input.off('data', onData)
      input.off('end', onEnd)
    },
  }
}

/** Said once and beside the console, so that it never mixes into what the guest wrote. */
function hintAtSilence({ context }: ConsoleRequest, stream: ConsoleStream): void {
  const { output, settings } = context
  if (settings.quiet) return
  const { faint } = output.errorStyles
  output.writeError(
    `${faint('hint:')} ${printable(stream.device)} is silent so far. A guest that waits at its ` +
      'login shows it after Enter;\r\none that is still booting takes a while; one whose kernel ' +
      'uses another device needs a\r\nconsole= argument for this one, or --devname (see dominfo ' +
      '--json for the devices).\r\n',
  )
}
