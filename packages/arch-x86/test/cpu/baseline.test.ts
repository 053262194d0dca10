import { describe, expect, it } from 'vitest'
import { cpu } from '../../src/cpu-driver.ts'
import { answers, hostCpu, written } from '../libvirt-answers.ts'

function baseline(question: string): string {
  const words = question.split(' ')
  const cpus = words.filter((word) => word !== 'migratable').map(hostCpu)
  const answer = cpu.baseline(cpus, { migratable: words.includes('migratable') })
  return 'cpu' in answer ? written(answer.cpu) : `error: ${answer.problem.message}`
}

describe('the baseline of', () => {
  it.each(answers('baselines'))('%s', (line) => {
    const [question = '', answer = ''] = line.split(' = ')
    expect(baseline(question)).toBe(answer)
  })
})
