/** Preloaded into a command, it ends standard error with the most memory the process had, in kilobytes. */
process.on('exit', () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\n`))
