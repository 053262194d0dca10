import type { Scenario } from '../scenario.ts'
import { bootScenarios } from './boot.ts'
import { characterScenarios } from './character.ts'
import { clockScenarios } from './clock.ts'
import { commandLineScenarios } from './command-line.ts'
import { controllerScenarios } from './controllers.ts'
import { cpuScenarios } from './cpu.ts'
import { diskScenarios } from './disk.ts'
import { displayScenarios } from './display.ts'
import { featureScenarios } from './features.ts'
import { identityScenarios } from './identity.ts'
import { interfaceScenarios } from './interface.ts'
import { memoryScenarios } from './memory.ts'
import { smallDeviceScenarios } from './small-devices.ts'
import { vcpuScenarios } from './vcpu.ts'

/** The suite's chapters, in the order in which they are told. */
export const scenarios: readonly Scenario[] = [
  ...identityScenarios,
  ...memoryScenarios,
  ...vcpuScenarios,
  ...cpuScenarios,
  ...featureScenarios,
  ...clockScenarios,
  ...bootScenarios,
  ...diskScenarios,
  ...interfaceScenarios,
  ...characterScenarios,
  ...displayScenarios,
  ...smallDeviceScenarios,
  ...controllerScenarios,
  ...commandLineScenarios,
]
