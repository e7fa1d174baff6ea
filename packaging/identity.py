"""Who makes the packages, and what desktops know the program by. All that names either asks here.

Settle both before a first release: the identifier should be a domain of ours, the other way round,
and a package needs somebody who answers mail.
"""

APP_ID = "org.unblur.Unblur"
PUBLISHER = "The Unblur developers"
MAINTAINER = f"{PUBLISHER} <unblur@localhost>"
