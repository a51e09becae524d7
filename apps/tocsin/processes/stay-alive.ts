/**
 * Keeps a process alive as long as its supervisor is. While it starts, it may wait for another process by timers alone,
 * which hold nothing: Node would end it for having nothing to do (exit status 13), and three such ends give a start up.
 */
export function stayAlive(): void {
  process.channel?.ref();
}
