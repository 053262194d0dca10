import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Parameters of the loaded KVM modules; whoever changes one asks for another answer. */
export function kvmModuleState(root = '/sys/module'): Readonly<Record<string, string>> {
  const state: Record<string, string> = {}
  for (const name of list(root).filter((one) => /^kvm(?:_\w+)?$/.test(one))) {
    state[name] = list(join(root, name, 'parameters'))
      .map((parameter) => `${parameter}=${text(join(root, name, 'parameters', parameter))}`)
      .join(' ')
  }
  return state
}

function list(dir: string): readonly string[] {
  try {
    return readdirSync(dir).toSorted()
  } catch {
    return []
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().slice(0, 64)
  } catch {
    return ''
  }
}
