import type { Os } from './os.ts'

/** Are the firmware's variables somewhere that the document names? */
export function namesVariables({ nvram, nvramSource }: Os): boolean {
  return nvram !== undefined || nvramSource !== undefined
}

/** The file or device of the host that holds them; nothing where a server does. */
export function variablesPath({ nvram, nvramType, nvramSource }: Os): string | undefined {
  if (nvramSource === undefined) return nvram
  return nvramType === 'block' ? nvramSource.dev : nvramSource.file
}
