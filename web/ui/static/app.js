// What every page does. All of it is convenience: without scripts the same
// forms and links work.
import { startConfirm } from './confirm.js'
import { startForms } from './forms.js'
import { startMenus } from './menus.js'
import { startShortcuts } from './shortcuts.js'
import { startTheme } from './theme.js'
import { localTimes } from './times.js'

startMenus()
startTheme()
startShortcuts()
startConfirm()
startForms()
localTimes()
