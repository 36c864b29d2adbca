/** `text` with its control characters spelled out: what strangers wrote must not move the cursor or name the window. */
export function toPrintable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
