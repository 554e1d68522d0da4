// The exact times are written by the server in UTC; here they become local.
import { all } from './dom.js'

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })

export function localTimes(root = document) {
  for (const time of all('time[datetime]', root)) time.title = exact.format(new Date(time.dateTime))
}
