import { beforeEach, expect, test } from 'vitest'
import { HandedOver } from './handed-over.ts'
import { type Connection, Import } from './handle.ts'
import { ImportTable } from './import-table.ts'

const connection = { peerName: 'owner', ended: undefined } as Connection
const ANN = 1
const BOB = 2
const ID = 7

let given: number[]
let gone: Set<number>
let imports: ImportTable<Import>
let handedOver: HandedOver

beforeEach(() => {
  given = []
  gone = new Set()
  const giveBack = (id: number, count: number): void => {
    for (let n = 0; n < count; n++) given.push(id)
  }
  imports = new ImportTable(giveBack)
  const isGone = (member: number): boolean => gone.has(member)
  handedOver = new HandedOver({ imports, giveBack, isGone })
})

/** Someone passes the object on. */
function passOn(introducer: number): Import {
  const introductions = handedOver.passedOn(ID, introducer)
  const create = (): Import => new Import(connection, ID, 'object', 'Thing')
  const imported = imports.receive(ID, create, introductions)
  handedOver.received(imported)
  return imported
}

/** As a release of the program. */
function release(imported: Import): void {
  imported.released = true
  imports.release(ID, imported)
}

function stateOf({ gate }: Import): string {
  if (gate?.failure !== undefined) return 'rejected'
  return gate?.isShut === true ? 'pending' : 'open'
}

test('what is passed on waits until it is granted', () => {
  const imported = passOn(ANN)
  expect(stateOf(imported)).toBe('pending')
  handedOver.granted(ID, ANN)
  expect(stateOf(imported)).toBe('open')
  expect(imports.introductions(ID)).toBe(1)
  expect(handedOver.size).toBe(0)
})

test('what was granted ahead is held when it is passed on, and not before', () => {
  handedOver.granted(ID, ANN)
  expect(imports.size).toBe(0)
  const imported = passOn(ANN)
  expect(stateOf(imported)).toBe('open')
  expect(imports.introductions(ID)).toBe(1)
  expect(handedOver.size).toBe(0)
})

test('what one was granted for is not what another passes on', () => {
  handedOver.granted(ID, ANN)
  const imported = passOn(BOB)
  expect(stateOf(imported)).toBe('pending')
  passOn(ANN)
  expect(stateOf(imported)).toBe('pending')
  handedOver.granted(ID, BOB)
  expect(stateOf(imported)).toBe('open')
  expect(imports.introductions(ID)).toBe(2)
})

test('a release gives back no grant whose object is still to be passed on', () => {
  const imported = passOn(BOB)
  handedOver.granted(ID, BOB)
  handedOver.granted(ID, ANN)
  release(imported)
  expect(given).toEqual([ID])
  const again = passOn(ANN)
  expect(stateOf(again)).toBe('open')
  expect(imports.introductions(ID)).toBe(1)
})

test('what was released before it was granted goes back as it is granted', () => {
  release(passOn(ANN))
  expect(given).toEqual([])
  handedOver.granted(ID, ANN)
  expect(given).toEqual([ID])
  expect([handedOver.size, imports.size]).toEqual([0, 0])
})

test('what was released and passed on anew is held by both grants', () => {
  release(passOn(ANN))
  const imported = passOn(ANN)
  handedOver.granted(ID, ANN)
  expect(stateOf(imported)).toBe('pending')
  handedOver.granted(ID, ANN)
  expect([given, imports.introductions(ID), stateOf(imported)]).toEqual([[], 2, 'open'])
})

test('what was released here while peers hold it through us stays', () => {
  const imported = passOn(ANN)
  imported.released = true
  imported.borrowers = 1
  handedOver.granted(ID, ANN)
  expect([given, imports.introductions(ID)]).toEqual([[], 1])
})

test('what one who is gone passed on fails, and what others passed on does not', () => {
  const lost = passOn(ANN)
  gone.add(ANN)
  handedOver.abandon(ANN, new Error('Ann is gone'))
  expect(stateOf(lost)).toBe('rejected')
  const other = passOn(BOB)
  expect(other).not.toBe(lost)
  handedOver.granted(ID, BOB)
  expect(stateOf(other)).toBe('open')
  expect(handedOver.size).toBe(0)
})

test('what one who is gone passed on is there when another has passed it on too', () => {
  const imported = passOn(ANN)
  passOn(BOB)
  handedOver.abandon(ANN, new Error('Ann is gone'))
  expect(stateOf(imported)).toBe('pending')
  handedOver.granted(ID, BOB)
  expect(stateOf(imported)).toBe('open')
})

test('what was granted for one who is gone goes back, also when that comes late', () => {
  handedOver.granted(ID, ANN)
  expect(handedOver.expects(ANN)).toBe(true)
  gone.add(ANN)
  handedOver.abandon(ANN, new Error('Ann is gone'))
  expect(given).toEqual([ID])
  handedOver.granted(ID, ANN)
  expect(given).toEqual([ID, ID])
  expect(handedOver.size).toBe(0)
})

test.each(['before', 'after'])(
  'what is refused %s it is passed on fails with the reason',
  (when) => {
    if (when === 'before') handedOver.refused(ID, ANN, new Error('too many'))
    const imported = passOn(ANN)
    if (when === 'after') handedOver.refused(ID, ANN, new Error('too many'))
    expect(stateOf(imported)).toBe('rejected')
    expect([handedOver.size, imports.size, given]).toEqual([0, 0, []])
  },
)

test('everything that waits fails when the peer is gone', () => {
  const imported = passOn(ANN)
  handedOver.clear(new Error('the owner is gone'))
  expect(stateOf(imported)).toBe('rejected')
  expect(handedOver.size).toBe(0)
})
