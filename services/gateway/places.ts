/** A number of places, each of which is held until it is given back. */
export interface Places {
  /** Takes a place; undefined when there is none. Giving it back twice is harmless. */
  take(): (() => void) | undefined
  readonly taken: number
}

export function createPlaces(max: number): Places {
  let taken = 0
  return {
    get taken() {
      return taken
    },
    take() {
      if (taken >= max) return undefined
      taken++
      let isHeld = true
      return () => {
        if (isHeld) taken--
        isHeld = false
      }
    },
  }
}
