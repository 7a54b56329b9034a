/** One field of a form with its label, its hint, and what it offers. */
import { useId } from "react"
import type { FormField } from "../view/form.ts"

interface Props {
  readonly field: FormField
  readonly value: string
  readonly onChange: (value: string) => void
}

export function Field({ field, value, onChange }: Props) {
  const { label, kind, options, hint } = field
  const id = useId()
  if (kind === "flag") return <Flag label={label} value={value} onChange={onChange} />
  if (kind === "counts" && options !== undefined && options.length > 0) {
    return <Several label={label} options={options} value={value} onChange={onChange} />
  }
  const isNeeded = field.isRequired === true || field.initial !== ""
  return (
    <div className={`field${field.isShort === true ? " is-short" : ""}`}>
      <label htmlFor={id}>
        {label}
        {isNeeded ? null : <span className="faint"> (may be left out)</span>}
      </label>
      <Input field={field} value={value} onChange={onChange} id={id} />
      {hint === undefined ? null : (
        <span className="faint field-hint" id={`${id}hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}

function Input({ field, value, onChange, id }: Props & { readonly id: string }) {
  const { kind, options, suggestions = [], name, hint } = field
  const own = { id, name, value, "aria-describedby": hint === undefined ? undefined : `${id}hint` }
  if (options !== undefined && options.length > 0) {
    return (
      <select {...own} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )
  }
  if (kind === "text") {
    return <textarea {...own} rows={6} onChange={(event) => onChange(event.currentTarget.value)} />
  }
  return (
    <>
      <input
        {...own}
        type="text"
        inputMode={kind === "count" ? "numeric" : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        list={suggestions.length === 0 ? undefined : `${id}list`}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {suggestions.length === 0 ? null : (
        <datalist id={`${id}list`}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </>
  )
}

function Flag({ label, value, onChange }: Omit<Props, "field"> & { readonly label: string }) {
  return (
    <label className="switch">
      <input
        type="checkbox"
        checked={value === "true"}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
      {label}
    </label>
  )
}

interface SeveralProps extends Omit<Props, "field"> {
  readonly label: string
  readonly options: NonNullable<FormField["options"]>
}

/** Numbers that are chosen by what they stand for. */
function Several({ label, options, value, onChange }: SeveralProps) {
  const chosen = new Set(value.split(",").filter((each) => each !== ""))
  const toggle = (each: string) => {
    const next = chosen.has(each)
      ? [...chosen].filter((other) => other !== each)
      : [...chosen, each]
    onChange(next.join(","))
  }
  return (
    <fieldset>
      <legend>
        {label} <span className="faint">(may be left out)</span>
      </legend>
      <div className="several">
        {options.map((option) => (
          <label key={option.value} className="switch" dir="auto">
            <input
              type="checkbox"
              checked={chosen.has(option.value)}
              onChange={() => toggle(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
