import { DomainError, domainError, runProgram } from '@polyvirt/core/driver'
import type { JobProgress, LongWorkOptions } from '@polyvirt/core/driver'
import { inUse, isLockFailure } from './image-lock.ts'

/** A copy of the largest image on a slow disk takes hours, and can be given up; a hung one must end. */
const limitMs = 24 * 60 * 60 * 1000

export interface QemuImgOptions extends LongWorkOptions {
  /** What is done, for messages: `cannot create volume 'x'`. */
  readonly failing: string
  /** What it is done to, for messages: `volume 'x'`. */
  readonly what: string
  /** `create`, `clone`, …, and the bytes it is about, for progress. */
  readonly kind?: string
  readonly totalBytes?: number
  /** Name of the file in the making, and the name it will have: messages say the latter. */
  readonly renamed?: readonly [from: string, to: string]
}

/**
 * Runs `qemu-img` to its end: an array of arguments, no shell, and every path in it absolute.
 *
 * @throws DomainError with QEMU's own words; `ERR_OPERATION_INVALID` where somebody uses the image.
 */
export async function qemuImg(args: readonly string[], options: QemuImgOptions): Promise<string> {
  const { failing, what, signal, onProgress, renamed } = options
  const progress = onProgress && percentReader(options, onProgress)
  try {
    const { stdout } = await runProgram('qemu-img', args, {
      timeoutMs: limitMs,
      install: 'apt-get install qemu-utils',
      ...(signal && { signal }),
      ...(progress && { onOutput: progress }),
    })
    return stdout
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const [problem] = error.problems
    if (isLockFailure(problem.message)) throw inUse(what, '')
    if (error.code === 'ERR_OPERATION_ABORTED') {
      throw domainError(error.code, `${failing}: it was given up`, { cause: error })
    }
    const said = lastWords(problem.message)
    const message = renamed === undefined ? said : said.replaceAll(...renamed)
    throw domainError(error.code, `${failing}: ${message}`, { cause: error })
  }
}

/** QEMU's words without the command line that core puts before them. */
function lastWords(message: string): string {
  return /: (qemu-img: .*)$/s.exec(message)?.[1] ?? message
}

/** `(12.50/100%)` and a carriage return, over and over. */
function percentReader(
  { kind = 'create', totalBytes = 0 }: QemuImgOptions,
  onProgress: (progress: JobProgress) => void,
): (text: string) => void {
  const begun = performance.now()
  return (text) => {
    const last = [...text.matchAll(/\(([\d.]+)\/100%\)/g)].at(-1)?.[1]
    if (last === undefined) return
    const processedBytes = Math.round((totalBytes * Number(last)) / 100)
    const elapsedMs = performance.now() - begun
    onProgress({
      kind,
      processedBytes,
      remainingBytes: totalBytes - processedBytes,
      totalBytes,
      elapsedMs,
      ...(elapsedMs > 0 && { rateBytes: Math.round((processedBytes * 1000) / elapsedMs) }),
    })
  }
}
