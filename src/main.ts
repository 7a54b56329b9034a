/** argv to command; the only place that ends the process. */
import pkg from "../package.json"

process.stdout.write(`tina-daemon ${pkg.version}\n`)
