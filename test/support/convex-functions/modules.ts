/** The test functions by module, as the generated map of the project's own functions has them. */
import * as counters from "./counters.ts"
import * as heavy from "./heavy.ts"
import { http } from "./http.ts"
import * as later from "./later.ts"
import * as messages from "./messages.ts"
import * as programs from "./programs.ts"
import * as refused from "./refused.ts"
import * as shapes from "./shapes.ts"
import * as surroundings from "./surroundings.ts"
import * as trouble from "./trouble.ts"

export const modules = {
  counters,
  heavy,
  http: { default: http },
  later,
  messages,
  programs,
  refused,
  shapes,
  surroundings,
  trouble,
}
