import type { ArchPlan } from './arch-plan.ts'
import { archValue } from './templates/arch-value.ts'
import { conformanceTest } from './templates/conformance-test.ts'
import { cpuDriver } from './templates/cpu-driver.ts'
import { cpuModels } from './templates/cpu-models.ts'
import { devices } from './templates/devices.ts'
import { featurePolicy } from './templates/feature-policy.ts'
import { guide } from './templates/guide.ts'
import { hostInfo } from './templates/host-info.ts'
import { license } from './templates/license.ts'
import { machine } from './templates/machine.ts'
import { packageJson } from './templates/package-json.ts'
import { readme } from './templates/readme.ts'
import { record } from './templates/record.ts'
import { rules } from './templates/rules.ts'
import { tablesTest } from './templates/tables-test.ts'
import { testTsconfig, tsconfig } from './templates/tsconfig.ts'
import type { Files } from './write/stage-files.ts'

/** Every file of the new package: those that each architecture has, and what guides its author. */
export function renderFiles(plan: ArchPlan): Files {
  const { names, facts, home } = plan
  const terms = license(plan)
  return {
    'package.json': packageJson(plan),
    'tsconfig.json': tsconfig(plan),
    'tsconfig.test.json': testTsconfig(plan),
    'src/index.ts': `export { ${names.arch} } from './${names.arch}.ts'\n`,
    [`src/${names.arch}.ts`]: archValue(plan),
    'src/cpu-driver.ts': cpuDriver(plan),
    'src/cpu-models.ts': cpuModels(plan),
    'src/devices.ts': devices(plan),
    'src/feature-policy.ts': featurePolicy(plan),
    'src/host-info.ts': hostInfo(plan),
    'src/machine.ts': machine(plan),
    'src/rules.ts': rules(),
    'test/conformance.test.ts': conformanceTest(plan),
    'test/tables.test.ts': tablesTest(plan),
    'test/guide.ts': guide(plan),
    'test/record.ts': record(plan),
    ...(facts !== undefined && {
      [`test/fixtures/capabilities/${facts.name}.json`]: `${JSON.stringify(facts.capabilities, undefined, 1)}\n`,
    }),
    ...(home.kind === 'alone' && {
      'README.md': readme(plan),
      '.gitignore': 'node_modules\ndist\n*.tsbuildinfo\n',
      ...(terms !== undefined && { LICENSE: terms }),
    }),
  }
}
