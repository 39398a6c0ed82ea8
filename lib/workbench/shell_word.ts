/** A word of a command as a shell takes it: as it is where it may be, and in quotes otherwise. */
export function shellWord(word: string): string {
  return /^[\w.,:/=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
