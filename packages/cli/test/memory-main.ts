/** The CLI as a process of its own, on a hypervisor in memory: for signals, pipes and terminals. */
import { main } from '../src/run-main.ts'
import { testDefault } from './memory-hypervisor.ts'

await main((uri, { registry }) =>
  uri?.startsWith('bad:') === true
    ? Promise.reject(new Error('no such place'))
    : testDefault({ registry, ...(uri === undefined ? {} : { uri }) }).then((hypervisor) => {
        hypervisor.silent = process.env['TEST_SILENT'] === '1'
        return hypervisor
      }),
)
