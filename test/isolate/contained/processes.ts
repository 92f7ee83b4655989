/**
 * The processes of contained isolates, as the system sees them.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** The processes of this one's contained isolates, by their ids. Those that have ended and wait to be noticed are none. */
export function containedHere(): number[] {
  const tasks = '/proc/self/task'
  const children = readdirSync(tasks).flatMap((task) => {
    try {
      return readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean)
    } catch {
      return [] // the thread has ended meanwhile
    }
  })
  return children.map(Number).filter((pid) => isRunning(pid) && isContained(pid))
}

/** Does a process run? One that no one has asked how it ended is none either. */
export function isRunning(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0]
    return state !== 'Z' && state !== 'X'
  } catch {
    return false
  }
}

function isContained(pid: number): boolean {
  try {
    return /contained.child/.test(commandOf(pid).at(-1) ?? '')
  } catch {
    return false // it has ended meanwhile
  }
}

/** The words of a process's command. */
export function commandOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
}
