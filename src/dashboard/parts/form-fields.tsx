/** The fields of a form in their order; those of a section stand below its heading, which opens and closes. */
import { type FormField, type FormValues, valueOf } from "../view/form.ts"
import { Field } from "./form-field.tsx"

interface Props {
  readonly fields: readonly FormField[]
  readonly values: FormValues
  readonly onChange: (values: FormValues) => void
  /** Where there is nothing else in the form. */
  readonly areSectionsOpen?: boolean
}

export function FormFields({ fields, values, onChange, areSectionsOpen = false }: Props) {
  const sections = [...new Set(fields.flatMap(({ section }) => section ?? []))]
  const draw = (field: FormField) => (
    <Field
      key={`${field.within}.${field.name}`}
      field={field}
      value={valueOf(field, values)}
      onChange={(value) => onChange({ ...values, [field.name]: value })}
    />
  )
  return (
    <>
      <div className="form-fields">
        {fields.filter(({ section }) => section === undefined).map(draw)}
      </div>
      {sections.map((section) => (
        <details key={section} className="form-section" open={areSectionsOpen || undefined}>
          <summary>{section}</summary>
          <div className="form-fields">
            {fields.filter((field) => field.section === section).map(draw)}
          </div>
        </details>
      ))}
    </>
  )
}
