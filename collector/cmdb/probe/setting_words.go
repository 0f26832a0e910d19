package probe

import "strings"

// settingWords are the words in values of enumerations, in lower case: those of the
// article, of the vendor's public texts, and of settings in general. Words that may
// be names of people are not among them.
var settingWords = func() map[string]bool {
	words := make(map[string]bool)
	for word := range strings.FieldsSeq(`
		a active add advanced after agent agents all allow allowed always and any append approved as ask assigned
		assignment at audit auto automatic automatically available background basic before block blocked both by
		cached cancel check child class clean client clients codebase complete completed computer computers
		constrained content continue copy create critical custom daily data day days default deferred delayed delete
		deny denied deploy detect direct directory disable disabled distribute domain download downloads
		each empty enable enabled error event events every exclude excluded execute existing expired explicit ext extended
		external failed false fast file files filter first fixed folder force forced foreground full global group
		guid hidden high hour hourly hours http https idle ignore immediate immediately important include included
		individual individually information inherit inherited initial install installed internal invalid inventory
		item items last later latest like list local location low maintenance manual manually mandatory master match
		maximum medium merge minimum minute minutes mixed mode moderate monthly multicast multiple never new newest next
		no none normal not ns off old on once only open optional or other overwrite package packages parent partial
		patch pending period permanent policy post pre prestage prestaging primary private prompt ps public pull push
		query random read ready reboot recurring refresh relative remote remove repair repeat replace
		required reset resource restart retired retry run running same scan schedule scheduled second seconds select
		selected server servers service services severity shared shutdown silent simple single site sites skip
		small software source specific specified standard start startup state static status stop subnet subnets
		success supersede superseded system target targets task temporary test time times to trigger true type unc
		unconstrained uninstall unknown unlimited unrestricted unspecified update updates upgrade use user users value
		version visible wait warning week weekly weeks window windows with without write yearly yes zone`) {
		words[word] = true
	}
	return words
}()
