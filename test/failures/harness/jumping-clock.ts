import { readFileSync } from 'node:fs'

// Preloaded into a process whose wall clock a test sets: `CLOCK_SHIFT_FILE` holds the milliseconds that it is
// ahead. It is read at the start and again on SIGUSR2. Monotonic clocks and timers stay as they are, as they do
// when an operator or a time server sets the clock of a machine.

const RealDate = Date
let shiftMs = 0

const now = () => RealDate.now() + shiftMs

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
})

function setClock(): void {
  shiftMs = Number(readFileSync(process.env.CLOCK_SHIFT_FILE ?? '', 'utf8'))
}

setClock()
process.on('SIGUSR2', setClock)
