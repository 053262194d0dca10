import type { Comparison } from './compare.ts'

/**
 * Where what libvirt shows is not what it would start: for `domxml-to-native` it turns each
 * interface into a bare tap, and what belongs to another backend, its ROM, MTU, boot order, alias
 * and address go with it.
 */
export function libvirtRemarks({ commandLine = [] }: Comparison): readonly string[] {
  const aboutNetwork = /^-(?:netdev|device (?:ua-\S*)?net|chardev charnet)/
  return commandLine.some(({ path }) => aboutNetwork.test(path))
    ? ['domxml-to-native of libvirt shows each interface as a bare tap; it starts it as defined']
    : []
}
