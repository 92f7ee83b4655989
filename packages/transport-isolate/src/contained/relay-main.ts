/**
 * The relay: a thread that owns the child processes of another one, their pipes and the news of their ends. It is there because a thread
 * that blocks can be woken by another thread, but not by a pipe.
 *
 * It looks into nothing, and does not read from a child that sends faster than the thread takes.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { parentPort, workerData } from 'node:worker_threads'
import { Alarm } from './alarm.ts'
import { encodeFrame, FrameReader } from './frames.ts'
import {
  AHEAD,
  type ChildCommand,
  type FromRelay,
  type StartChild,
  type ToRelay,
  weightOf,
} from './relay-messages.ts'

/** How much is kept of what a child writes to its standard error, in characters: the engine's last words and no more. */
const LAST_WORDS = 4096

const alarm = new Alarm(workerData as SharedArrayBuffer) // put there by the thread that started this one
process.on('exit', () => alarm.end())

parentPort?.on('message', relay)

function relay({ port, command, limits }: StartChild): void {
  const tell = (message: FromRelay): void => {
    port.postMessage(message, 'buffers' in message ? [...message.buffers] : [])
    alarm.ring()
  }
  let said = ''
  let error: string | undefined
  let malformed: string | undefined
  const ended = (exitCode: number | null, signal: string | null): void => {
    tell({ ended: { exitCode, signal, said, error, malformed } })
    port.close()
  }
  let child: ChildProcess
  try {
    child = start(command)
  } catch (failure) {
    error = messageOf(failure)
    ended(null, null)
    return
  }
  const [, , errors, input, output] = child.stdio as unknown as ChildPipes // as `start` asks for
  const kill = (): void => {
    child.kill('SIGKILL')
    for (const pipe of [errors, input, output]) pipe.destroy()
  }
  const cutOff = (failure: unknown): void => {
    error ??= messageOf(failure)
    kill()
  }
  child.on('error', cutOff)
  child.on('close', ended)

  let ahead = 0
  const reader = new FrameReader(limits)
  output.on('data', (piece: Buffer) => {
    try {
      for (const frame of reader.read(piece)) {
        ahead += weightOf(frame)
        tell(frame)
      }
    } catch (failure) {
      malformed = messageOf(failure)
      kill()
    }
    if (ahead > AHEAD) output.pause()
  })
  errors.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, LAST_WORDS)
  })
  // A pipe breaks when the child ends, which is told when it has ended.
  for (const pipe of [errors, input, output]) pipe.on('error', () => undefined)

  port.on('message', (message: ToRelay) => {
    if (message === 'kill') kill()
    else if ('taken' in message) {
      ahead -= message.taken
      if (ahead <= AHEAD) output.resume()
    } else {
      try {
        input.write(encodeFrame(message))
      } catch (failure) {
        cutOff(failure)
      }
    }
  })
  // The thread has ended without a word.
  port.on('close', kill)
}

type ChildPipes = [null, null, errors: Readable, input: Writable, output: Readable]

/** Starts a child with nothing of this process: no variables, no directory, no terminal whose signals would reach it. */
function start({ file, args }: ChildCommand): ChildProcess {
  const child = spawn(file, args, {
    cwd: '/',
    env: {},
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  })
  if (child.stdio === undefined) throw new Error('too many files are open to start a process')
  return child
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure)
}
