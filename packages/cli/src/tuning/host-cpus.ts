import type { FoundDomain } from '../lookup-domain.ts'
import { parseCpuList } from '../parse/cpu-list.ts'

/** CPUs of the host, by a list of them; `r` for all of them again. */
export async function hostCpus(
  { hypervisor }: Pick<FoundDomain, 'hypervisor'>,
  list: string,
): Promise<readonly number[]> {
  return list === 'r'
    ? Array.from({ length: (await hypervisor.nodeGetInfo()).cpus }, (_, cpu) => cpu)
    : parseCpuList(list)
}
