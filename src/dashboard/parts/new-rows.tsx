/** Says how many rows wait while a list keeps its places, and shows them when asked. */

interface Props {
  readonly count: number
  readonly onShow: () => void
}

/** It takes no room, so that its coming moves nothing. */
export function NewRows({ count, onShow }: Props) {
  return (
    <div className="new-rows" role="status">
      {count === 0 ? null : (
        <button type="button" className="link-button" onClick={onShow}>
          {count} new
        </button>
      )}
    </div>
  )
}
