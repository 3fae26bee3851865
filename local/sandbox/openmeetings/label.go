package openmeetings

// label is a text in English or German (language 2 and 3).
// See Application.properties.xml in openmeetings-web.
func label(key string, language int64) string {
	texts, known := errorLabels()[key]
	if !known {
		texts, known = passwordLabels()[key]
	}
	switch {
	case !known:
		return key
	case language == 2 || language == 3:
		return texts[1]
	}
	return texts[0]
}

// errorLabels are in English and German.
func errorLabels() map[string][2]string {
	return map[string][2]string{
		"99": {
			"This room is full",
			"Dieser Raum ist voll. Bitte versuchen Sie es zu einem späteren Zeitpunkt nochmals.",
		},
		"234": {
			"You have entered an invalid email address",
			"Die angegebene E-Mail-Adresse ist ungültig",
		},
		"1599": {
			"Access denied. You have no rights to enter this room.",
			"Zugriff verweigert. Sie haben nicht die nötigen rechte für diesen Raum.",
		},
		"error.bad.credentials": {
			"Username/email and/or password are incorrect.",
			"Nutzername/E-Mail und/oder Passwort ist/sind falsch.",
		},
		"error.notactivated": {
			"Your account is not activated. Please use the link in the email you received during registration.",
			"Ihr Account ist nicht aktiviert. Benutzen Sie zuerst den Link in der E-Mail die Sie während der Registrierung erhalten haben.",
		},
		"error.nogroup": {
			"User is not assigned to group.",
			"Nutzer gehört zu keiner Gruppe.",
		},
		"error.unknown": {
			"Unknown error. Please report this to the administrator.",
			"Unbekannter Fehler. Bitte melden Sie das dem Service-Team.",
		},
		"error.notallowed": {
			"Admin authorization required",
			"Sie müssen Administrator sein, um diese Aktion auszuführen.",
		},
		"error.login.inuse": {
			"The username is already used",
			"Der Nutzername ist bereits vergeben",
		},
		"error.email.inuse": {
			"The mail address is already registered",
			"Die E-Mail ist bereits registriert.",
		},
		"error.short.login": {
			"Login is too short",
			"Der Nutzername ist zu kurz.",
		},
	}
}

// passwordLabels say what is wrong with a password.
func passwordLabels() map[string][2]string {
	return map[string][2]string{
		"bad.password.short": {
			"'Weak' password: minimum password length is ${0}",
			"'Weiches' Passwort: minimale Passwortlänge ist ${0}",
		},
		"bad.password.lower": {
			"'Weak' password: at least 1 lower-case letter is required",
			"Unsicheres Passwort: mindestens 1 Kleinbuchstabe ist erforderlich",
		},
		"bad.password.upper": {
			"'Weak' password: at least 1 upper-case letter is required",
			"'Weiches' Passwort. Mindestens ein Großbuchstabe ist erforderlich",
		},
		"bad.password.digit": {
			"'Weak' password: at least 1 digit is required",
			"'Weiches' Passwort: Mindestens eine Zahl ist erforderlich.",
		},
		"bad.password.special": {
			"'Weak' password: at least 1 special symbol '!@#$%^&*][' is required",
			"Unsicheres Passwort: mindestens ein spezielles Zeichen '!@#$%^&*][' ist erforderlich",
		},
		"bad.password.stop": {
			"'Weak' password: it shouldn't contain part of the user's email address or username",
			"Unsicheres Passwort: es sollte keinen Teil des Nutzernamens oder der E-Mail-Adresse beinhalten",
		},
	}
}
